# SPDX-License-Identifier: Apache-2.0
# Runs tools/contract over api/ at build time. Interface libraries give what it makes:
#   vcare_contract_domain   generated/error_codes.inc, generated/event_types.inc
find_program(VCARE_NODE node REQUIRED)
find_program(VCARE_NPM npm REQUIRED)

set(contract_tool ${PROJECT_SOURCE_DIR}/tools/contract)
set(contract_out ${PROJECT_BINARY_DIR}/contract)

if(NOT EXISTS ${contract_tool}/node_modules/yaml/package.json)
    message(STATUS "Installing the contract generator's packages (npm ci in tools/contract)")
    execute_process(
        COMMAND ${VCARE_NPM} ci --no-progress
        WORKING_DIRECTORY ${contract_tool}
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()

file(GLOB_RECURSE contract_inputs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/api/*.json ${PROJECT_SOURCE_DIR}/api/*.yaml)
file(GLOB contract_scripts CONFIGURE_DEPENDS ${contract_tool}/*.mjs ${contract_tool}/lib/*.mjs)

# The stamp is the output and the files are by-products: one whose text stays the same keeps its time.
add_custom_command(
    OUTPUT ${contract_out}/stamp
    BYPRODUCTS
        ${contract_out}/domain/generated/error_codes.inc
        ${contract_out}/domain/generated/event_types.inc
    COMMAND ${VCARE_NODE} ${contract_tool}/generate.mjs --api ${PROJECT_SOURCE_DIR}/api --out ${contract_out}
    COMMAND ${CMAKE_COMMAND} -E touch ${contract_out}/stamp
    DEPENDS ${contract_inputs} ${contract_scripts}
    COMMENT "Generating the contract's tables"
    VERBATIM)
add_custom_target(vcare_contract_generate DEPENDS ${contract_out}/stamp)

add_library(vcare_contract_domain INTERFACE)
target_include_directories(vcare_contract_domain INTERFACE ${contract_out}/domain)
add_dependencies(vcare_contract_domain vcare_contract_generate)
