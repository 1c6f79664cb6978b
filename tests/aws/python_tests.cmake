# Our wire code against two parts that AWS wrote, as Debian ships them: botocore and the AWS CLI.
add_executable(aws_wire_dump ${CMAKE_CURRENT_LIST_DIR}/wire_dump.cc)
target_link_libraries(aws_wire_dump PRIVATE doctor_core doctor_aws nlohmann_json::nlohmann_json)
target_compile_options(aws_wire_dump PRIVATE -Wno-conversion -Wno-shadow)

add_test(NAME aws.OperationsAgainstBotocore
         COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/operations_botocore_test.py $<TARGET_FILE:aws_wire_dump>)
add_test(NAME aws.AnswersAgainstTheAwsCli
         COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/answers_cli_test.py $<TARGET_FILE:aws_wire_dump>)
set_tests_properties(aws.OperationsAgainstBotocore aws.AnswersAgainstTheAwsCli
                     PROPERTIES TIMEOUT 300 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
