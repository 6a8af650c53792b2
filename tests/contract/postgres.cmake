# The PostgreSQL adapter against a private server, which all tests of one ctest run share; each makes
# databases of its own in it.
set(postgres_folder ${CMAKE_BINARY_DIR}/test-postgres)
add_test(NAME contract_postgres_up
         COMMAND ${PROJECT_SOURCE_DIR}/scripts/stack up postgres --small --dir ${postgres_folder})
add_test(NAME contract_postgres_down COMMAND ${PROJECT_SOURCE_DIR}/scripts/stack destroy --dir ${postgres_folder})
set_tests_properties(contract_postgres_up PROPERTIES FIXTURES_SETUP postgres LABELS contract TIMEOUT 120)
set_tests_properties(contract_postgres_down PROPERTIES FIXTURES_CLEANUP postgres LABELS contract TIMEOUT 120)

add_library(contract_postgres STATIC postgres_rig.c)
target_include_directories(contract_postgres PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(contract_postgres PUBLIC SM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(contract_postgres PUBLIC sm_postgres PkgConfig::PQ PkgConfig::CMOCKA)

# contract_postgres_test(NAME extra sources or libraries…)
function(contract_postgres_test name)
  sm_test(contract_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c contract contract_postgres ${ARGN})
  set_tests_properties(contract_${name} PROPERTIES FIXTURES_REQUIRED postgres
                       ENVIRONMENT SECRETMAGIC_TEST_POSTGRES=${postgres_folder})
endfunction()

contract_postgres_test(migrate)
contract_postgres_test(jsonb support_json)

# The store suite, on PostgreSQL and on the simulator's memory database.
add_library(contract_store STATIC
  store_suite_takeover.c store_suite_commit.c store_suite_read.c store_suite_session.c
  store_suite_support.c
  store_suite_draft.c store_suite_rows.c store_suite_waiting.c store_suite_due.c store_suite_queue.c
  store_suite_trial.c store_suite_outbox.c store_suite_relay.c)
target_include_directories(contract_store PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(contract_store PUBLIC sm_engine PkgConfig::CMOCKA)
contract_postgres_test(store_postgres contract_store)
contract_postgres_test(store_faults contract_store)
contract_postgres_test(schema contract_store)
contract_postgres_test(schedule)
contract_postgres_test(due)
contract_postgres_test(requests contract_store)
contract_postgres_test(erasure contract_store)
contract_postgres_test(checks contract_store)
contract_postgres_test(audit contract_store)
contract_postgres_test(schema_cache)
# With a broker of its own; the points at which it dies are there in builds with SM_FAULTS only.
if(SM_FAULTS)
  contract_postgres_test(relay contract_store contract_kafka sm_engine)
  set_tests_properties(contract_relay PROPERTIES TIMEOUT 600)
endif()
# Roles belong to the server: the one renames what the other uses.
set_tests_properties(contract_migrate contract_schema contract_schema_cache PROPERTIES RESOURCE_LOCK postgres_roles)
if(TARGET sim_memory)
  sm_test(contract_store_memory ${CMAKE_CURRENT_SOURCE_DIR}/store_memory_test.c fast contract_store sim_memory)
endif()

# Not a test: prints what units of work cost.
add_executable(contract_store_bench store_bench.c)
target_link_libraries(contract_store_bench PRIVATE contract_postgres)
add_executable(contract_waiting_bench waiting_bench.c)
target_link_libraries(contract_waiting_bench PRIVATE contract_postgres contract_store)
