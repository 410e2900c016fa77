# SPDX-License-Identifier: Apache-2.0
# Chooses Clang 19 unless somebody chose a compiler, and refuses the ones known to break coroutines.

if(NOT DEFINED CMAKE_CXX_COMPILER AND "$ENV{CXX}" STREQUAL "")
    find_program(VCARE_CLANGXX NAMES clang++-19 clang++)
    find_program(VCARE_CLANG NAMES clang-19 clang)
    if(VCARE_CLANGXX AND VCARE_CLANG)
        set(CMAKE_CXX_COMPILER ${VCARE_CLANGXX})
        set(CMAKE_C_COMPILER ${VCARE_CLANG})
    endif()
endif()

# Called after project(), when the compiler is known.
function(vcare_check_compiler)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
        message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} silently miscompiles coroutines "
            "(docs/adr/0001-clang-19.md): build with Clang 19, which tools/setup.sh installs.")
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
        message(FATAL_ERROR "Clang ${CMAKE_CXX_COMPILER_VERSION} is older than 19, the version this code "
            "is built and tested with (docs/adr/0001-clang-19.md).")
    endif()
endfunction()
