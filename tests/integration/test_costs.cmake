# Those that wait more than they work begin first, beside those that work.
foreach(waiting proxies crash disk operation)
  if(test_integration_${waiting}_TESTS)
    set_tests_properties(${test_integration_${waiting}_TESTS} PROPERTIES COST 50)
  endif()
endforeach()
