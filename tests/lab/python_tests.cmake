# The lab as a program, driven by clients that nobody here wrote: Debian's AWS CLI and botocore.
add_executable(lab_server lab/lab_main.cc)
target_link_libraries(lab_server PRIVATE doctor_lab doctor_core)
add_test(NAME lab.aws_cli COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/lab/aws_cli_test.py $<TARGET_FILE:lab_server>)
set_tests_properties(lab.aws_cli PROPERTIES LABELS lab TIMEOUT 180)
include(lab/ecs_tests.cmake)
