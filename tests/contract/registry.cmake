# The registry adapter: against a server that plays a registry, and against a real one, which only the
# tests that need it start, one for all of them.
add_library(contract_registry STATIC schemas_suite.c schemas_suite_support.c subjects_suite.c
            registry_rig.c)
target_include_directories(contract_registry PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(contract_registry PUBLIC SM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(contract_registry PUBLIC sm_registry PkgConfig::CMOCKA)

foreach(name schemas_registry schemas_access schemas_apicurio subjects_registry subjects_apicurio)
  sm_test(contract_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c contract contract_registry)
endforeach()

set(registry_folder ${CMAKE_BINARY_DIR}/test-registry)
add_test(NAME contract_registry_up
         COMMAND ${PROJECT_SOURCE_DIR}/scripts/stack up registry --small --dir ${registry_folder})
add_test(NAME contract_registry_down COMMAND ${PROJECT_SOURCE_DIR}/scripts/stack destroy --dir ${registry_folder})
set_tests_properties(contract_registry_up PROPERTIES FIXTURES_SETUP registry LABELS contract TIMEOUT 180)
set_tests_properties(contract_registry_down PROPERTIES FIXTURES_CLEANUP registry LABELS contract TIMEOUT 120)
set_tests_properties(contract_schemas_apicurio contract_subjects_apicurio PROPERTIES FIXTURES_REQUIRED registry
                     ENVIRONMENT SECRETMAGIC_TEST_REGISTRY_STACK=${registry_folder})
