# SPDX-License-Identifier: Apache-2.0
# One precompiled header per layer (docs/adr/0003-precompiled-headers.md).
#
# CMake's own target_precompile_headers() names the clone in every command and every header file, so
# that another clone never hits the compiler cache. Here the path is relative for ccache, and ccache is
# told by a .sum file what a precompiled header holds: system headers only, so their versions and the
# flags say it all.

option(VCARE_PCH "Precompile the headers of each layer" ON)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(VCARE_PCH OFF)
endif()

function(vcare_precompiled_header layer)
    set(output ${CMAKE_BINARY_DIR}/pch/${layer}.pch)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
    get_directory_property(options COMPILE_OPTIONS)
    get_directory_property(definitions COMPILE_DEFINITIONS)
    list(TRANSFORM definitions PREPEND -D)
    list(TRANSFORM options REPLACE "^SHELL:" "")
    list(JOIN options " " options)
    separate_arguments(options UNIX_COMMAND "${options}")
    separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}}")
    list(APPEND flags ${options} ${definitions} ${CMAKE_CXX23_STANDARD_COMPILE_OPTION})

    set(contents "${CMAKE_CXX_COMPILER_VERSION} ${Boost_VERSION} ${GTest_VERSION} ${flags}")
    string(REPLACE "${CMAKE_SOURCE_DIR}" "" contents "${contents}")
    set(headers ${CMAKE_SOURCE_DIR}/cmake/pch/domain.hpp ${CMAKE_SOURCE_DIR}/cmake/pch/application.hpp
        ${CMAKE_SOURCE_DIR}/cmake/pch/${layer}.hpp)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
    foreach(header IN LISTS headers)
        file(SHA256 ${header} hash)
        string(APPEND contents " ${hash}")
    endforeach()
    file(CONFIGURE OUTPUT ${output}.sum CONTENT "${contents}\n")

    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_CXX_COMPILER} ${flags} -Xclang -fno-pch-timestamp -fpch-instantiate-templates
            -x c++-header ${CMAKE_SOURCE_DIR}/cmake/pch/${layer}.hpp -o ${output}
            -MD -MF ${output}.d -MT ${output}
        DEPENDS ${headers}
        DEPFILE ${output}.d
        COMMENT "Precompiling the headers of ${layer}"
        VERBATIM)
    add_custom_target(vcare_pch_${layer} DEPENDS ${output})
endfunction()

# Lets the target start each file from the precompiled header of the layer.
function(vcare_use_precompiled_header target layer)
    if(VCARE_PCH)
        set(pch ${CMAKE_BINARY_DIR}/pch/${layer}.pch)
        target_compile_options(${target} PRIVATE "SHELL:-include-pch ${pch}")
        get_target_property(sources ${target} SOURCES)
        set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${pch})
        add_dependencies(${target} vcare_pch_${layer})
    endif()
endfunction()

if(VCARE_PCH)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/pch)
    set(layers domain application adapter)
    if(VCARE_BUILD_TESTS)
        list(APPEND layers test)
    endif()
    foreach(layer IN LISTS layers)
        vcare_precompiled_header(${layer})
    endforeach()
endif()
