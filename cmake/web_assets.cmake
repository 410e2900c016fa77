# SPDX-License-Identifier: Apache-2.0
# The pages, built by npm, and the contract's reference page, put into the program: link vcare_web_assets, include "generated/web_assets.hpp".

option(VCARE_WEB "Build the pages and embed them; without them the table of assets is empty" ON)

set(web ${CMAKE_SOURCE_DIR}/web)
set(web_inputs)
set(web_commands)
set(web_dist)
if(VCARE_WEB AND EXISTS ${web}/package-lock.json)
    file(GLOB web_inputs CONFIGURE_DEPENDS LIST_DIRECTORIES false ${web}/*)
    file(GLOB web_folders LIST_DIRECTORIES true ${web}/*)
    list(FILTER web_folders EXCLUDE REGEX "/(node_modules|dist|test)$")
    foreach(folder IN LISTS web_folders)
        if(IS_DIRECTORY ${folder})
            file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
            list(APPEND web_inputs ${files})
        endif()
    endforeach()
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/api/*)
    list(APPEND web_inputs ${files})
    list(FILTER web_inputs EXCLUDE REGEX "/generated/")
    set(web_commands COMMAND ${VCARE_NODE} ${CMAKE_SOURCE_DIR}/tools/embed/web_build.mjs --root ${CMAKE_SOURCE_DIR})
    set(web_dist --dist ${web}/dist)
endif()

set(web_outputs ${VCARE_GENERATED_DIR}/web_assets.cpp ${VCARE_GENERATED_DIR}/web_assets.S)
add_custom_command(
    OUTPUT ${web_outputs}
    BYPRODUCTS ${VCARE_GENERATED_DIR}/web_assets.hpp
    ${web_commands}
    COMMAND ${VCARE_NODE} ${CMAKE_SOURCE_DIR}/tools/embed/embed.mjs ${web_dist} --dist ${VCARE_GENERATED_DIR}/docs_site
        --out ${VCARE_GENERATED_DIR}
    DEPENDS ${contract_docs} ${web_inputs} ${CMAKE_SOURCE_DIR}/tools/embed/embed.mjs ${CMAKE_SOURCE_DIR}/tools/embed/web_build.mjs
    COMMENT "Building the pages"
    VERBATIM)
add_library(vcare_web_assets STATIC ${web_outputs})
target_include_directories(vcare_web_assets PUBLIC ${VCARE_GENERATED_ROOT})
