# Puts the files of sql/ into the program: a generated C file in the build tree, in sm_postgres, and
# one of the templates in sql/starrocks, in sm_codec.
#
# Included by the top-level CMakeLists.txt it says when to generate; run as a script
# (cmake -D OUT=… -D SQL=… -P embed.cmake) it generates. src/postgres/embedded.h declares the result.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  get_target_property(postgres_type sm_postgres TYPE)
  if(postgres_type STREQUAL "STATIC_LIBRARY")
    set(sql_dir ${CMAKE_CURRENT_LIST_DIR})
    set(sql_generated ${CMAKE_BINARY_DIR}/generated/sql_embedded.c)
    file(GLOB sql_files CONFIGURE_DEPENDS ${sql_dir}/init/*.sql ${sql_dir}/migrations/*.sql
                                          ${sql_dir}/queries/*.sql ${sql_dir}/checks/*.sql)
    add_custom_command(
      OUTPUT ${sql_generated}
      COMMAND ${CMAKE_COMMAND} -D OUT=${sql_generated} -D SQL=${sql_dir} -P ${CMAKE_CURRENT_LIST_FILE}
      DEPENDS ${sql_files} ${CMAKE_CURRENT_LIST_FILE}
      COMMENT "Embedding sql/"
      VERBATIM)
    target_sources(sm_postgres PRIVATE ${sql_generated})
  endif()
  set(templates_generated ${CMAKE_BINARY_DIR}/generated/templates_embedded.c)
  file(GLOB template_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/starrocks/*.sql)
  add_custom_command(
    OUTPUT ${templates_generated}
    COMMAND ${CMAKE_COMMAND} -D OUT=${templates_generated} -D SQL=${CMAKE_CURRENT_LIST_DIR}
            -D TEMPLATES=ON -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${template_files} ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "Embedding sql/starrocks"
    VERBATIM)
  target_sources(sm_codec PRIVATE ${templates_generated})
  return()
endif()

# As numbers and not as a string literal: C compilers need not take long ones, and nothing has to be
# escaped. Each text ends with a terminator that its size does not count.
function(embed_texts array)
  set(files "")
  foreach(folder IN LISTS ARGN)
    file(GLOB found ${SQL}/${folder}/*.sql)
    list(SORT found)
    list(APPEND files ${found})
  endforeach()
  set(texts "")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)"
                         "\\1\n" bytes "${bytes}")
    string(APPEND texts "static const unsigned char ${array}_${index}[] = {\n${bytes}0x00\n};\n")
    if(TEMPLATES)
      string(APPEND rows "    { \"${name}\", { ${array}_${index}, sizeof(${array}_${index}) - 1 },\n"
             "      \"sql/starrocks/${name}.sql\" },\n")
    else()
      string(APPEND rows
             "    { \"${name}\", (const char *)${array}_${index}, sizeof(${array}_${index}) - 1 },\n")
    endif()
    math(EXPR index "${index} + 1")
  endforeach()
  file(APPEND ${OUT}.new "${texts}")
  set(rows "${rows}" PARENT_SCOPE)
  set(count ${index} PARENT_SCOPE)
endfunction()

function(embed_folder array)
  embed_texts(${array} ${ARGN})
  # C has no empty arrays: the last row is not counted.
  file(APPEND ${OUT}.new "const struct sm__embedded sm__sql_${array}[] = {\n${rows}    { 0 }\n};\n")
  file(APPEND ${OUT}.new "const size_t sm__sql_${array}_count = ${count};\n\n")
endfunction()

file(WRITE ${OUT}.new "/* Made from sql/ by sql/embed.cmake: change those files. */\n")
if(TEMPLATES)
  file(APPEND ${OUT}.new "#include \"codec/templates.h\"\n\n")
  embed_texts(templates starrocks)
  file(APPEND ${OUT}.new "static const struct sm_template_text rows[] = {\n${rows}};\n\n"
       "const struct sm_template_text *sm_template_texts(size_t *count_out)\n{\n"
       "    *count_out = ${count};\n    return rows;\n}\n")
  file(RENAME ${OUT}.new ${OUT})
  return()
endif()
file(APPEND ${OUT}.new "#include \"postgres/embedded.h\"\n\n")
embed_folder(migrations init migrations)
embed_folder(queries queries)
embed_folder(checks checks)
file(RENAME ${OUT}.new ${OUT})
