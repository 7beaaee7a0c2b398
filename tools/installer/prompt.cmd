@rem Opens with a command prompt in which canbao can be called.
@set "PATH=%~dp0;%PATH%"
@cd /d "%USERPROFILE%"
@canbao --help
