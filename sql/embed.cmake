# Puts the files of sql/ into the program: one generated C file in the build tree, in sm_postgres.
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
  return()
endif()

# As numbers and not as a string literal: C compilers need not take long ones, and nothing has to be
# escaped. Each text ends with a terminator that its size does not count.
function(embed_folder array)
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
    string(APPEND rows
           "    { \"${name}\", (const char *)${array}_${index}, sizeof(${array}_${index}) - 1 },\n")
    math(EXPR index "${index} + 1")
  endforeach()
  # C has no empty arrays: the last row is not counted.
  file(APPEND ${OUT}.new "${texts}const struct sm__embedded sm__sql_${array}[] = {\n${rows}    { 0 }\n};\n")
  file(APPEND ${OUT}.new "const size_t sm__sql_${array}_count = ${index};\n\n")
endfunction()

file(WRITE ${OUT}.new "/* Made from sql/ by sql/embed.cmake: change those files. */\n")
file(APPEND ${OUT}.new "#include \"postgres/embedded.h\"\n\n")
embed_folder(migrations init migrations)
embed_folder(queries queries)
embed_folder(checks checks)
file(RENAME ${OUT}.new ${OUT})
