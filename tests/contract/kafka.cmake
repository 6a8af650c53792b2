# The Kafka adapter against a private broker and against librdkafka's mock cluster.
add_library(contract_kafka STATIC source_suite.c source_suite_look.c source_suite_support.c command_topic_suite.c
  kafka_rig.c)
target_include_directories(contract_kafka PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(contract_kafka PRIVATE SM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(contract_kafka PUBLIC sm_kafka PkgConfig::RDKAFKA PkgConfig::CMOCKA)

foreach(name source_suite source_kafka source_mock publisher_kafka topics_kafka reader_kafka
    command_topic_kafka)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c)
    sm_test(contract_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c contract contract_kafka)
    # A busy machine takes its time to start brokers; some of these start several.
    set_tests_properties(contract_${name} PROPERTIES TIMEOUT 300)
  endif()
endforeach()
