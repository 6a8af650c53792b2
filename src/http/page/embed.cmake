# Puts the dashboard's page, uPlot and the description of the API into the program: one generated C file in the build
# tree, in sm_http. uPlot is fetched by scripts/setup, or from where SM_UPLOT says.
#
# Included by the top-level CMakeLists.txt it says when to generate; run as a script
# (cmake -D OUT=… -D PAGE=… -D UPLOT=… -D API=… -P embed.cmake) it generates. src/http/http_priv.h declares the result.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(SM_UPLOT ${PROJECT_SOURCE_DIR}/.stack/deps/uplot CACHE PATH "Folder with uPlot.iife.min.js and uPlot.min.css")
  if(NOT EXISTS ${SM_UPLOT}/uPlot.iife.min.js)
    message(FATAL_ERROR "there is no uPlot in ${SM_UPLOT}; hint: run scripts/setup, or give -D SM_UPLOT=FOLDER, such as "
                        "the folder dist of the npm package uplot")
  endif()
  set(page_dir ${CMAKE_CURRENT_LIST_DIR})
  set(page_generated ${CMAKE_BINARY_DIR}/generated/page_embedded.c)
  set(page_api ${PROJECT_SOURCE_DIR}/schemas/openapi.json)
  add_custom_command(
    OUTPUT ${page_generated}
    COMMAND ${CMAKE_COMMAND} -D OUT=${page_generated} -D PAGE=${page_dir} -D UPLOT=${SM_UPLOT} -D API=${page_api}
            -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${page_dir}/index.html ${page_dir}/page.css ${page_dir}/page.js ${SM_UPLOT}/uPlot.iife.min.js
            ${SM_UPLOT}/uPlot.min.css ${page_api} ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "Embedding the dashboard's page"
    VERBATIM)
  target_sources(sm_http PRIVATE ${page_generated})
  return()
endif()

# As numbers, as sql/embed.cmake does, and for the same reasons.
set(index 0)
set(texts "")
set(rows "")
function(embed path type file)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)"
                       "\\1\n" bytes "${bytes}")
  set(texts "${texts}static const unsigned char file_${index}[] = {\n${bytes}\n};\n" PARENT_SCOPE)
  set(rows "${rows}    { \"${path}\", \"${type}\", { file_${index}, sizeof(file_${index}) } },\n" PARENT_SCOPE)
  math(EXPR next "${index} + 1")
  set(index ${next} PARENT_SCOPE)
endfunction()

embed(/ "text/html; charset=utf-8" ${PAGE}/index.html)
embed(/page.css "text/css; charset=utf-8" ${PAGE}/page.css)
embed(/page.js "text/javascript; charset=utf-8" ${PAGE}/page.js)
embed(/uplot.css "text/css; charset=utf-8" ${UPLOT}/uPlot.min.css)
embed(/uplot.js "text/javascript; charset=utf-8" ${UPLOT}/uPlot.iife.min.js)
embed(/api/v1/openapi.json "application/json" ${API})
file(WRITE ${OUT}.new "/* Made by src/http/page/embed.cmake. */\n#include \"http/http_priv.h\"\n\n${texts}"
     "const struct sm__http_file sm__http_files[] = {\n${rows}};\n"
     "const size_t sm__http_file_count = ${index};\n")
file(RENAME ${OUT}.new ${OUT})
