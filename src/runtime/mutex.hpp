// std::mutex with the attributes that let clang's -Wthread-safety prove that guarded members are locked.
#pragma once

#include <mutex>

#if defined(__clang__)
#define LATCHKEY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define LATCHKEY_THREAD_ATTRIBUTE(x)
#endif

#define LATCHKEY_CAPABILITY(name) LATCHKEY_THREAD_ATTRIBUTE(capability(name))
#define LATCHKEY_SCOPED_CAPABILITY LATCHKEY_THREAD_ATTRIBUTE(scoped_lockable)
#define LATCHKEY_GUARDED_BY(m) LATCHKEY_THREAD_ATTRIBUTE(guarded_by(m))
#define LATCHKEY_REQUIRES(...) LATCHKEY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define LATCHKEY_ACQUIRE(...) LATCHKEY_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define LATCHKEY_RELEASE(...) LATCHKEY_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define LATCHKEY_NO_THREAD_SAFETY_ANALYSIS LATCHKEY_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace latchkey {

class LATCHKEY_CAPABILITY("mutex") mutex {
public:
    void lock() LATCHKEY_ACQUIRE() { inner_.lock(); }
    void unlock() LATCHKEY_RELEASE() { inner_.unlock(); }

private:
    std::mutex inner_;
};

// Never held across a suspension.
template <class Mutex>
class LATCHKEY_SCOPED_CAPABILITY mutex_lock {
public:
    explicit mutex_lock(Mutex& m) LATCHKEY_ACQUIRE(m) : mutex_(m) { mutex_.lock(); }
    ~mutex_lock() LATCHKEY_RELEASE() { mutex_.unlock(); }
    mutex_lock(const mutex_lock&) = delete;
    mutex_lock& operator=(const mutex_lock&) = delete;

private:
    Mutex& mutex_;
};

}  // namespace latchkey
