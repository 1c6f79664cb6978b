# Every request of every plan against AWS's service models.
add_executable(remedy_plan_dump ${CMAKE_CURRENT_LIST_DIR}/plan_dump.cc ${CMAKE_CURRENT_LIST_DIR}/plan_support.cc)
target_link_libraries(remedy_plan_dump PRIVATE doctor_core doctor_aws doctor_facts doctor_iam doctor_network doctor_diagnose doctor_remedy
                      nlohmann_json::nlohmann_json GTest::gtest)
target_include_directories(remedy_plan_dump PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(remedy_plan_dump PRIVATE -Wno-conversion -Wno-shadow)
target_compile_definitions(remedy_plan_dump PRIVATE DOCTOR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_test(NAME remedy.RequestsAgainstBotocore
         COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/requests_botocore_test.py $<TARGET_FILE:remedy_plan_dump>
                 run_on_demand more_zones deregistration_delay healthy_percent circuit_breaker more_tasks stop_timeout
                 enlarge_ephemeral_storage init_process raise_memory remove_aws_keys enable_exec platform_latest quota_request
                 quota_alarm alarm_on_ephemeral_storage interruption_alarm follow_health_event create_log_group create_subnet
                 slim_image vpc_endpoint s3_gateway_endpoint policy_statement widen_boundary narrow_deny endpoint_policy
                 rotate_logs_or_send_to_cloudwatch roll_back_deployment lengthen_health_grace)
set_tests_properties(remedy.RequestsAgainstBotocore PROPERTIES LABELS program TIMEOUT 300 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
