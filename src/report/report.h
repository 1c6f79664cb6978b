// A Diagnosis on paper: five renderings of one value. Pure functions; nothing is decided here.
#pragma once

#include <string>

#include "diagnose/diagnosis.h"

namespace doctor::report {

struct TextStyle {
  int width = 100;      // columns
  bool colour = false;  // a terminal without NO_COLOR
};

std::string to_text(const diagnose::Diagnosis& diagnosis, const TextStyle& style);
std::string to_json(const diagnose::Diagnosis& diagnosis);  // schema "fargate-doctor/diagnosis/1"
std::string to_markdown(const diagnose::Diagnosis& diagnosis);
std::string to_html(const diagnose::Diagnosis& diagnosis);   // one self-contained file
std::string to_sarif(const diagnose::Diagnosis& diagnosis);  // SARIF 2.1.0

}  // namespace doctor::report
