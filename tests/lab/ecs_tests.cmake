# The lab's ECS against botocore's service model; lab_server is made in python_tests.cmake.
add_test(NAME lab.ecs_shapes COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/ecs_shapes_test.py $<TARGET_FILE:lab_server>)
set_tests_properties(lab.ecs_shapes PROPERTIES TIMEOUT 180)
