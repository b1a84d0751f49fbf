if(test_integration_concurrent_TESTS)
  set_tests_properties(${test_integration_concurrent_TESTS} PROPERTIES LABELS concurrent)
endif()
