#include "sql_user_store.hpp"
#include "user_store_contract.hpp"

namespace latchkey::testing {
namespace {

const user_store_factory sqlite_users{"sqlite", [](const std::string& directory, const clock& now, logger& log) {
                                          database_options options;
                                          options.url = "sqlite:" + directory + "/users.db";
                                          return make_sql_user_store(open_database(options), now, log);
                                      }};
const auto name_of_users = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(sqlite, user_store_contract, ::testing::Values(sqlite_users), name_of_users);

}  // namespace
}  // namespace latchkey::testing
