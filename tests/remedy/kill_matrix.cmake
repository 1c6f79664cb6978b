# The kill matrix: the stages of the program, and the lab, in one test program of its own.
add_executable(kill_driver ${CMAKE_CURRENT_LIST_DIR}/kill_driver.cc)
target_link_libraries(kill_driver PRIVATE doctor_core doctor_aws doctor_facts doctor_iam doctor_network doctor_diagnose doctor_remedy doctor_lab
                      nlohmann_json::nlohmann_json Threads::Threads)
target_compile_options(kill_driver PRIVATE -Wno-conversion -Wno-shadow)
add_test(NAME remedy.KillMatrix COMMAND kill_driver)
set_tests_properties(remedy.KillMatrix PROPERTIES LABELS program TIMEOUT 300 PROCESSORS 2)
# A matrix that could not fail would prove nothing.
add_test(NAME remedy.KillMatrixNotices COMMAND kill_driver forgetful)
set_tests_properties(remedy.KillMatrixNotices PROPERTIES LABELS program TIMEOUT 300 PROCESSORS 2)
