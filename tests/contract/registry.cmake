# The registry adapter: against a server that plays a registry, and against a real one, which is
# started for just that test.
add_library(contract_registry STATIC schemas_suite.c schemas_suite_support.c registry_rig.c)
target_include_directories(contract_registry PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(contract_registry PUBLIC SM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(contract_registry PUBLIC sm_registry PkgConfig::CMOCKA)

foreach(name schemas_registry schemas_access schemas_apicurio)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c)
    sm_test(contract_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c contract contract_registry)
  endif()
endforeach()
