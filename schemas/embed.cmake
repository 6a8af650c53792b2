# Puts the schemas of schemas/events and schemas/commands into the program: one generated C file in the build tree, in
# sm_codec. The files are NAME.vN.avsc; released ones stay.
#
# Included by the top-level CMakeLists.txt it says when to generate; run as a script
# (cmake -D OUT=… -D SCHEMAS=… -P embed.cmake) it generates. src/codec/schemas.c reads the result.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(schemas_dir ${CMAKE_CURRENT_LIST_DIR})
  set(schemas_generated ${CMAKE_BINARY_DIR}/generated/schemas_embedded.c)
  file(GLOB schema_files CONFIGURE_DEPENDS ${schemas_dir}/events/*.avsc
                                            ${schemas_dir}/commands/*.avsc)
  add_custom_command(
    OUTPUT ${schemas_generated}
    COMMAND ${CMAKE_COMMAND} -D OUT=${schemas_generated} -D SCHEMAS=${schemas_dir}
            -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${schema_files} ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "Embedding schemas/"
    VERBATIM)
  target_sources(sm_codec PRIVATE ${schemas_generated})
  return()
endif()

# As numbers, as sql/embed.cmake does, and for the same reasons.
function(embed_schemas folder function)
  file(GLOB files ${SCHEMAS}/${folder}/*.avsc)
  list(SORT files COMPARE NATURAL)
  set(texts "")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS files)
    get_filename_component(file_name ${file} NAME)
    if(NOT file_name MATCHES "^([A-Za-z]+)\\.v([1-9][0-9]*)\\.avsc$")
      message(FATAL_ERROR "${file_name} is not named NAME.vN.avsc")
    endif()
    set(name ${CMAKE_MATCH_1})
    set(version ${CMAKE_MATCH_2})
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)"
                         "\\1\n" bytes "${bytes}")
    string(APPEND texts "static const unsigned char ${folder}_${index}[] = {\n${bytes}\n};\n")
    string(APPEND rows "    { \"${name}\", ${version}, { ${folder}_${index}, sizeof(${folder}_${index}) } },\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(APPEND ${OUT}.new "${texts}static const struct sm_schema_text ${folder}[] = {\n${rows}};\n\n")
  file(APPEND ${OUT}.new "const struct sm_schema_text *${function}(size_t *count_out)\n{\n")
  file(APPEND ${OUT}.new "    *count_out = sizeof(${folder}) / sizeof(${folder}[0]);\n    return ${folder};\n}\n")
endfunction()

file(WRITE ${OUT}.new "/* Made from schemas/ by schemas/embed.cmake: change those files. */\n")
file(APPEND ${OUT}.new "#include \"codec/schemas.h\"\n\n")
embed_schemas(events sm_schema_texts)
embed_schemas(commands sm_command_schema_texts)
file(RENAME ${OUT}.new ${OUT})
