# SPDX-License-Identifier: Apache-2.0
# Runs tools/contract over api/ at build time; what it makes is included as "generated/…".
set(contract_tool ${CMAKE_SOURCE_DIR}/tools/contract)
execute_process(
    COMMAND ${VCARE_NODE} ${CMAKE_SOURCE_DIR}/tools/npm/install.mjs ${contract_tool}
    COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE contract_inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/api/*.json ${CMAKE_SOURCE_DIR}/api/*.yaml)
file(GLOB contract_scripts CONFIGURE_DEPENDS ${contract_tool}/*.mjs ${contract_tool}/*.css ${contract_tool}/lib/*.mjs)
list(FILTER contract_scripts EXCLUDE REGEX "[.]test[.]mjs$")
set(contract_outputs
    error_codes.inc event_types.inc contract_operations.inc contract_tables.cpp contract_test_tables.cpp)
list(TRANSFORM contract_outputs PREPEND ${VCARE_GENERATED_DIR}/)

# The reference page, for cmake/web_assets.cmake.
set(contract_docs docs/index.html docs/docs.css openapi.yaml asyncapi.yaml)
list(TRANSFORM contract_docs PREPEND ${VCARE_GENERATED_DIR}/docs_site/)

# The stamp is the output and the files are by-products: one whose text stays the same keeps its time,
# so that a new sentence in a description does not compile the world again.
set(contract_stamp ${CMAKE_BINARY_DIR}/contract.stamp)
add_custom_command(
    OUTPUT ${contract_stamp}
    BYPRODUCTS ${contract_outputs} ${contract_docs}
    COMMAND ${VCARE_NODE} ${contract_tool}/generate.mjs --api ${CMAKE_SOURCE_DIR}/api --out ${VCARE_GENERATED_DIR}
    COMMAND ${CMAKE_COMMAND} -E touch ${contract_stamp}
    DEPENDS ${contract_inputs} ${contract_scripts}
    COMMENT "Generating the contract's tables"
    VERBATIM)
add_custom_target(vcare_contract_files DEPENDS ${contract_stamp})

# The domain itself includes the tables, so everything waits for them.
add_dependencies(vcare_settings vcare_contract_files)
