#include "cli/cli.h"

int main(int argc, char** argv) {
  return doctor::cli::run(argc, argv);
}
