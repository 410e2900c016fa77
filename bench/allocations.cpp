// SPDX-License-Identifier: Apache-2.0
// Preloaded into the service, counts how often memory is asked for. The count is the first 8 bytes of the
// file that VCARE_BENCH_ALLOCATIONS names, mapped, so that anybody can read it while the service runs.
#include <atomic>
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// The allocator behind the one that is replaced here; glibc has it under these names.
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* __libc_realloc(void* memory, std::size_t size);
extern "C" void* __libc_memalign(std::size_t alignment, std::size_t size);

namespace {

using Counter = std::atomic<std::uint64_t>;
static_assert(Counter::is_always_lock_free && sizeof(Counter) == 8, "it lives in a file");

// Counts from before the file is mapped are of the start and belong to no request.
Counter before_start{0};
std::atomic<Counter*> counter{&before_start};

void count() {
    counter.load(std::memory_order_relaxed)->fetch_add(1, std::memory_order_relaxed);
}

[[gnu::constructor]] void map_counter() {
    const char* const path = std::getenv("VCARE_BENCH_ALLOCATIONS");
    if (path == nullptr) return;
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void* const memory = ::mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory != MAP_FAILED) counter = static_cast<Counter*>(memory);
}

}  // namespace

// Operator new ends up here too.
extern "C" [[gnu::visibility("default")]] void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
extern "C" [[gnu::visibility("default")]] void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
extern "C" [[gnu::visibility("default")]] void* realloc(void* memory, std::size_t size) {
    count();
    return __libc_realloc(memory, size);
}
extern "C" [[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
extern "C" [[gnu::visibility("default")]] int posix_memalign(void** memory, std::size_t alignment,
                                                             std::size_t size) {
    count();
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? 12 : 0;  // ENOMEM
}
