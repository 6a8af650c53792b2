# What `cmake --install` puts where, and the Debian package (`cpack`, of a build whose prefix is /usr,
# as the preset "package" has it).
include(GNUInstallDirs)
set(SM_CONFIG_DIR ${CMAKE_INSTALL_FULL_SYSCONFDIR}/secretmagic)
set(generated ${PROJECT_BINARY_DIR}/install)

# The program prints these itself, from its tables. The shell, for the pipe and the redirection.
add_custom_command(
  OUTPUT ${generated}/secretmagic.1.gz ${generated}/secretmagic.bash ${generated}/_secretmagic
  COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
  COMMAND $<TARGET_FILE:secretmagic> help --man | gzip -9n > ${generated}/secretmagic.1.gz
  COMMAND $<TARGET_FILE:secretmagic> help --completion bash > ${generated}/secretmagic.bash
  COMMAND $<TARGET_FILE:secretmagic> help --completion zsh > ${generated}/_secretmagic
  DEPENDS secretmagic
  VERBATIM)
add_custom_target(manual ALL
  DEPENDS ${generated}/secretmagic.1.gz ${generated}/secretmagic.bash ${generated}/_secretmagic)
configure_file(${CMAKE_CURRENT_LIST_DIR}/secretmagic.service.in ${generated}/secretmagic.service @ONLY)

install(TARGETS secretmagic RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${generated}/secretmagic.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated}/secretmagic.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME secretmagic)
# Where Debian's zsh looks.
install(FILES ${generated}/_secretmagic DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${generated}/secretmagic.service DESTINATION lib/systemd/system)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/sysusers.conf
        DESTINATION lib/sysusers.d RENAME secretmagic.conf)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
# A file that is there is the administrator's. Within a package dpkg itself takes care of that.
install(CODE "
  if(NOT EXISTS \"\$ENV{DESTDIR}${SM_CONFIG_DIR}/secretmagic.conf\")
    file(INSTALL DESTINATION \"${SM_CONFIG_DIR}\" TYPE FILE
         FILES \"${CMAKE_CURRENT_LIST_DIR}/secretmagic.conf\"
         PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
  endif()")

set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_PACKAGE_NAME secretmagic)
set(CPACK_PACKAGE_CONTACT "SecretMagic <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Kafka events to PostgreSQL, exactly once")
set(CPACK_PACKAGE_DESCRIPTION
"SecretMagic consumes events about a platform's clients from Kafka and keeps
them in PostgreSQL as versioned records: each record has one fate, every
version is kept, and `secretmagic verify` proves it.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
# The libraries by dpkg-shlibdeps; and what their symbols do not tell (src/kafka/conf.c).
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd, librdkafka1 (>= 2.0.2)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "postgresql-client, kcat")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/deb/conffiles ${CMAKE_CURRENT_LIST_DIR}/deb/postinst
  ${CMAKE_CURRENT_LIST_DIR}/deb/prerm ${CMAKE_CURRENT_LIST_DIR}/deb/postrm)
include(CPack)
