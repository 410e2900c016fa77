# SPDX-License-Identifier: Apache-2.0
# What a build can be told, and the flags every target shares.

vcare_check_compiler()

option(VCARE_BUILD_TESTS "Build the tests" ON)
option(VCARE_BUILD_BENCH "Build the benchmarks" OFF)
option(VCARE_COVERAGE "Instrument for source-based coverage that survives kill -9" OFF)
option(VCARE_FUZZ "Build the libFuzzer targets" OFF)
set(VCARE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

# Macros are the same for every file, so that one precompiled header fits all.
add_compile_definitions(
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_DISABLE_THREAD_KEYWORD_EXTENSION
    BOOST_ASIO_NO_DEPRECATED
    BOOST_ALL_NO_LIB
    GTEST_HAS_PTHREAD=1)

add_compile_options(-fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Paths in the objects do not name the clone, so that a compiler cache serves every clone.
    add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
endif()

if(VCARE_SANITIZE)
    add_compile_options(-fsanitize=${VCARE_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${VCARE_SANITIZE})
endif()
if(VCARE_COVERAGE)
    # Counters live in the mapped file (%c), so that a killed process leaves its counts behind. These are
    # what -fprofile-instr-generate -fcoverage-mapping ask of the compiler proper: for the driver's own
    # spelling ccache adds the build folder to its key, and no clone would ever hit another's entries.
    add_compile_options("SHELL:-Xclang -fprofile-instrument=clang" "SHELL:-Xclang -fcoverage-mapping"
        "SHELL:-mllvm -runtime-counter-relocation" -fcoverage-compilation-dir=.)
    add_link_options(-fprofile-instr-generate)
endif()
if(VCARE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(VCARE_CCACHE ccache)
if(VCARE_CCACHE)
    set(VCARE_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${VCARE_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${VCARE_LAUNCHER})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${VCARE_LAUNCHER})
endif()

find_program(VCARE_MOLD mold)
find_program(VCARE_LLD NAMES ld.lld-19 ld.lld)
if(VCARE_MOLD)
    add_link_options(-fuse-ld=mold)
elseif(VCARE_LLD)
    add_link_options(--ld-path=${VCARE_LLD})
endif()
