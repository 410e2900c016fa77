# SPDX-License-Identifier: Apache-2.0
# How this project makes libraries and tests.
#
# Include paths start at src/ ("domain/session.hpp"), yet no target sees src/ itself: each library has a
# root of its own under <build>/include_roots that holds nothing but a link to its folder. A target sees
# the roots of what it links, so an include against the direction of the layers does not compile.

set(VCARE_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)

# A folder that contains only a link at `path` (as written in an #include) to `folder`.
function(_vcare_include_root out path folder)
    string(REPLACE "/" "_" name ${path})
    set(root ${CMAKE_BINARY_DIR}/include_roots/${name})
    get_filename_component(parent ${root}/${path} DIRECTORY)
    file(MAKE_DIRECTORY ${parent})
    if(NOT IS_SYMLINK ${root}/${path})
        file(CREATE_LINK ${folder} ${root}/${path} SYMBOLIC)
    endif()
    set(${out} ${root} PARENT_SCOPE)
endfunction()

# Warnings, and the generated headers as "generated/…".
file(MAKE_DIRECTORY ${VCARE_GENERATED_DIR})
_vcare_include_root(VCARE_GENERATED_ROOT generated ${VCARE_GENERATED_DIR})
add_library(vcare_settings INTERFACE)
target_include_directories(vcare_settings INTERFACE ${VCARE_GENERATED_ROOT})
target_compile_options(vcare_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
    $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers>)

# vcare_library(NAME domain [LINK public…] [PRIVATE private…] [SOURCES more…] [EXCLUDE file…])
# Makes vcare_<NAME> out of every *.cpp below the folder of the caller. A folder without any
# source yet gives a library of headers.
function(vcare_library)
    cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME" "LINK;PRIVATE;SOURCES;EXCLUDE")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    # A folder below with a CMakeLists.txt of its own is a library of its own.
    file(GLOB_RECURSE nested CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    foreach(file IN LISTS nested)
        get_filename_component(folder ${file} DIRECTORY)
        list(FILTER sources EXCLUDE REGEX "^${folder}/")
    endforeach()
    foreach(file IN LISTS ARG_EXCLUDE)
        list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    list(APPEND sources ${ARG_SOURCES})

    set(target vcare_${ARG_NAME})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
    _vcare_include_root(root ${path} ${CMAKE_CURRENT_SOURCE_DIR})

    set(layer adapter)
    if(path MATCHES "^(domain|application)$")
        set(layer ${path})
    endif()

    if(sources)
        add_library(${target} STATIC ${sources})
        target_include_directories(${target} PUBLIC ${root} INTERFACE ${VCARE_GENERATED_ROOT})
        target_link_libraries(${target} PUBLIC ${ARG_LINK} PRIVATE vcare_settings ${ARG_PRIVATE})
        vcare_use_precompiled_header(${target} ${layer})
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE ${root} ${VCARE_GENERATED_ROOT})
        target_link_libraries(${target} INTERFACE ${ARG_LINK} ${ARG_PRIVATE})
    endif()
    if(ARG_NAME MATCHES "^adapter_")
        set_property(GLOBAL APPEND PROPERTY VCARE_ADAPTERS ${target})
    endif()
endfunction()

# vcare_test(NAME domain_test SOURCES … [LINK …] [KIND unit|integration|simulation|chaos] [TIMEOUT seconds] [SERIAL])
# One GoogleTest executable, one CTest test. KIND is the folder below tests/ unless it is given. SERIAL
# says that nothing else may run beside it. The program is found in the environment variable VCARE_BINARY.
# ON_POSTGRES runs it a second time, under another name, with the program's store in PostgreSQL
# and its events on NATS.
function(vcare_test)
    cmake_parse_arguments(PARSE_ARGV 0 ARG "SERIAL;ON_POSTGRES" "NAME;KIND;TIMEOUT" "SOURCES;LINK")
    if(NOT ARG_KIND)
        file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
        string(REGEX MATCH "^[^/]+" ARG_KIND ${path})
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 1800)
    endif()
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LINK} vcare_settings vcare_boost GTest::gmock GTest::gtest_main)
    target_include_directories(${ARG_NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    set_target_properties(${ARG_NAME} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests/${ARG_KIND})
    vcare_use_precompiled_header(${ARG_NAME} test)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_KIND} TIMEOUT ${ARG_TIMEOUT}
        RUN_SERIAL ${ARG_SERIAL} ENVIRONMENT "VCARE_BINARY=${CMAKE_BINARY_DIR}/bin/vcare")
    if(ARG_KIND MATCHES "^(integration|chaos)$" AND TARGET vcare)
        add_dependencies(${ARG_NAME} vcare)
    endif()
    if(NOT TARGET vcare_tests_${ARG_KIND})
        add_custom_target(vcare_tests_${ARG_KIND})
    endif()
    add_dependencies(vcare_tests_${ARG_KIND} ${ARG_NAME})
    set_property(GLOBAL APPEND_STRING PROPERTY VCARE_TESTS "${ARG_KIND}\t${ARG_NAME}\t$<TARGET_FILE:${ARG_NAME}>\n")
    if(ARG_ON_POSTGRES)
        # A program of another name, because a report is named after its program.
        set(again ${ARG_NAME}_on_postgres)
        set(link $<TARGET_FILE_DIR:${ARG_NAME}>/${again})
        add_custom_command(TARGET ${ARG_NAME} POST_BUILD
            COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE_NAME:${ARG_NAME}> ${link})
        add_test(NAME ${again} COMMAND ${link} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
        set_tests_properties(${again} PROPERTIES LABELS ${ARG_KIND} TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_SERIAL}
            ENVIRONMENT "VCARE_BINARY=${CMAKE_BINARY_DIR}/bin/vcare;VCARE_TEST_STORE=postgres")
        set_property(GLOBAL APPEND_STRING PROPERTY VCARE_TESTS "${ARG_KIND}\t${again}\t${link}\n")
    endif()
endfunction()

# vcare_compile_fail_test(NAME n SOURCE f.cpp EXPECT "regex of the compiler's message" [LINK …])
# The source must not compile, for the reason EXPECT names; with VCARE_CONTROL defined it must compile,
# which shows that nothing else in it is wrong. tools/test/compile_fail.mjs compiles both.
function(vcare_compile_fail_test)
    cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;SOURCE;EXPECT" "LINK")
    set(target compile_fail_${ARG_NAME})
    add_library(${target} OBJECT EXCLUDE_FROM_ALL ${ARG_SOURCE})
    target_link_libraries(${target} PRIVATE ${ARG_LINK} vcare_settings)
    target_compile_definitions(${target} PRIVATE VCARE_CONTROL)
    set_property(GLOBAL APPEND_STRING PROPERTY VCARE_COMPILE_FAIL
        "${ARG_NAME}\t${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SOURCE}\t${ARG_EXPECT}\n")
endfunction()
