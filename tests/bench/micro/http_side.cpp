#include "http_side.hpp"

#include "request_gate.hpp"
#include "run_task.hpp"
#include "tokens.hpp"

#include <cstdlib>

namespace latchkey::micro {

http_side::http_side()
    : services_(std::make_shared<const http::services>(
          config{}, std::make_shared<testing::members_only>(),
          http::domain{*sessions_, logins_, admins_, reloads_, ready_, audit_, log_, *time_}, state_)),
      core_(io_, services_, 1) {
    user someone;
    someone.id = random_public_id();
    someone.email = "someone@example.com";
    someone.name = "Some Body";
    someone.groups = {"ops", "staff"};
    bench::run([](http_side& self, user who) -> task<void> {
        device nowhere;
        auto opened = co_await self.sessions_->open(make_profile(who, false), false, std::move(nowhere));
        self.token_ = opened->token.reveal();
        self.mine_ = opened->value;
    }(*this, std::move(someone)));
}

void http_side::begin(http::exchange& x, std::string_view block) const {
    x.head = http::request_head{};
    if (http::pass_gate(block, services_->gate, x.head))
        std::abort();
    x.start();
}

}  // namespace latchkey::micro
