; The Windows installer: for one user, without an administrator, without the internet.
; build.py gives VERSION, STAGED (the folder to pack), OUT and KILOBYTES; SIGN, a command, where there is a certificate.
; Exit statuses: 0 done, 1 cancelled, 2 refused or failed and nothing changed, 3 installed but the add-in is not in Excel,
; or the menus and icons are not there.
Unicode true
Target amd64-unicode
ManifestSupportedOS all
ManifestDPIAware true
!ifdef FAST
    SetCompressor zlib  ; for the tests: a tenth of the time, half as large again
!else
    SetCompressor /SOLID lzma
!endif

!include MUI2.nsh
!include WinVer.nsh
!include LogicLib.nsh
!include FileFunc.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\canbao"
!define CANBAO '"$INSTDIR\python\python.exe" -X utf8 -c "from canbao_addin.cli import main; main()"'
!define MENU "$SMPROGRAMS\参保"

Name "$(NAME) ${VERSION}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\canbao"
InstallDirRegKey HKCU "${UNINSTALL}" InstallLocation
RequestExecutionLevel user
!ifdef SIGN
    !uninstfinalize `${SIGN} "%1"` = 0
!endif
AllowSkipFiles off
BrandingText "canbao ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "canbao"
VIAddVersionKey FileDescription "canbao setup"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright "MIT"

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_SHOWREADME "$INSTDIR\manual\用户手册.html"
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(MANUAL)"
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE SimpChinese
!insertmacro MUI_LANGUAGE English
!include texts.nsh

Var InUse
Var Replacing  ; 1 while the older Python waits in python.old

!macro Refuse text
    MessageBox MB_OK|MB_ICONSTOP "${text}" /SD IDOK
    SetErrorLevel 2
    Quit
!macroend

; What was written already is taken away again by .onInstFailed.
!macro Fail text
    MessageBox MB_OK|MB_ICONSTOP "${text}" /SD IDOK
    SetErrorLevel 2
    Abort
!macroend

; Sets InUse to 1 when a file of the installation in $INSTDIR, or the add-in, cannot be opened for writing:
; a running Python holds python311.dll, Excel holds the add-in and the library of its worksheet functions.
!macro TryFile path
    ${If} ${FileExists} "${path}"
        ClearErrors
        FileOpen $1 "${path}" a
        ${If} ${Errors}
            StrCpy $InUse 1
        ${Else}
            FileClose $1
        ${EndIf}
    ${EndIf}
!macroend

!macro DefineLook un
Function ${un}Look
    StrCpy $InUse 0
    !insertmacro TryFile "$INSTDIR\python\python.exe"
    !insertmacro TryFile "$INSTDIR\python\pythonw.exe"
    !insertmacro TryFile "$INSTDIR\python\python311.dll"
    !insertmacro TryFile "$LOCALAPPDATA\canbao\addin\canbao.xlam"
    FindFirst $2 $3 "$INSTDIR\python\xlwings*.dll"
    ${DoWhile} $3 != ""
        !insertmacro TryFile "$INSTDIR\python\$3"
        FindNext $2 $3
    ${Loop}
    FindClose $2
FunctionEnd
!macroend
!insertmacro DefineLook ""
!insertmacro DefineLook "un."

; Excel writes its list of add-ins back when it closes: what is put in or taken out meanwhile is as before. The windows of
; Excel and of WPS 表格 have this class.
!macro DefineAwaitExcel un
Function ${un}AwaitExcel
    ${Do}
        FindWindow $0 "XLMAIN"
        ${If} $0 == 0
            Return
        ${EndIf}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(EXCEL_RUNS)" /SD IDCANCEL IDRETRY again
        SetErrorLevel 2
        Quit
        again:
    ${Loop}
FunctionEnd
!macroend
!insertmacro DefineAwaitExcel ""
!insertmacro DefineAwaitExcel "un."

Function .onInit
    ${IfNot} ${AtLeastWin10}
        !insertmacro Refuse "$(OLD_WINDOWS)"
    ${EndIf}
FunctionEnd

Function RefuseOthersFolder
    ${If} ${FileExists} "$INSTDIR\canbao.cmd"
        Return
    ${EndIf}
    ${DirState} "$INSTDIR" $0
    ${If} $0 == 1
        !insertmacro Refuse "$(NOT_OURS)"
    ${EndIf}
FunctionEnd

; An older version in another folder goes when the new one is there. One folder has many names (case, short names,
; a backslash at the end), so a file is written under the new one and looked for under the old one.
Function RemoveElsewhere
    ReadRegStr $0 HKCU "${UNINSTALL}" InstallLocation
    FileOpen $1 "$INSTDIR\installing" w
    FileClose $1
    ${If} $0 == ""
    ${OrIf} ${FileExists} "$0\installing"
    ${OrIfNot} ${FileExists} "$0\uninstall.exe"
        Return
    ${EndIf}
    ClearErrors
    ExecWait '"$0\uninstall.exe" /S _?=$0' $1
    ${If} ${Errors}
    ${OrIf} $1 != 0
        !insertmacro Fail "$(OLD_STAYS)"
    ${EndIf}
    Delete "$0\uninstall.exe"
    RMDir "$0"
FunctionEnd

; NSIS may have put a backslash at the end.
Function TrimFolder
    StrCpy $0 $INSTDIR 1 -1
    ${If} $0 == "\"
        StrCpy $INSTDIR $INSTDIR -1
    ${EndIf}
FunctionEnd

; The older Python waits beside the new one until everything is there.
Function SetPythonAside
    StrCpy $Replacing 0
    ${If} ${FileExists} "$INSTDIR\python.old\*.*"
        RMDir /r "$INSTDIR\python"
        Rename "$INSTDIR\python.old" "$INSTDIR\python"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\python\*.*"
        ClearErrors
        Rename "$INSTDIR\python" "$INSTDIR\python.old"
        ${If} ${Errors}
            !insertmacro Refuse "$(IN_USE)"
        ${EndIf}
        StrCpy $Replacing 1
    ${EndIf}
FunctionEnd

Function .onInstFailed
    SetOutPath "$TEMP"
    Delete "$INSTDIR\installing"
    RMDir /r "$INSTDIR\python"
    ${If} $Replacing == 1
        Rename "$INSTDIR\python.old" "$INSTDIR\python"
    ${Else}
        RMDir /r "$INSTDIR\manual"
        RMDir /r "$INSTDIR\licenses"
        Delete "$INSTDIR\canbao.cmd"
        Delete "$INSTDIR\prompt.cmd"
        Delete "$INSTDIR\uninstall.exe"
        RMDir "$INSTDIR"
    ${EndIf}
FunctionEnd

Section
    Call TrimFolder
    Call RefuseOthersFolder
    Call AwaitExcel
    Call Look
    ${If} $InUse == 1
        !insertmacro Refuse "$(IN_USE)"
    ${EndIf}
    Call SetPythonAside
    SetOutPath "$INSTDIR"
    File /r "${STAGED}/*.*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    Call RemoveElsewhere
    Delete "$INSTDIR\installing"
    Call Shortcuts
    Call Register
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR\python.old"
    DetailPrint "$(STEP_ADDIN)"
    nsExec::Exec '${CANBAO} addin install --host excel'
    Pop $0
    ${If} $0 != 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "$(NO_ADDIN)" /SD IDOK
        SetErrorLevel 3
    ${EndIf}
    ; The other door: menus in Explorer and icons on the desktop.
    nsExec::Exec '${CANBAO} doors install'
    Pop $0
    ${If} $0 != 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "$(NO_DOORS)" /SD IDOK
        SetErrorLevel 3
    ${EndIf}
SectionEnd

Function Shortcuts
    RMDir /r "${MENU}"
    CreateDirectory "${MENU}"
    CreateShortCut "${MENU}\$(MANUAL).lnk" "$INSTDIR\manual\用户手册.html"
    CreateShortCut "${MENU}\$(PROMPT).lnk" "$SYSDIR\cmd.exe" '/K ""$INSTDIR\prompt.cmd""'
    CreateShortCut "${MENU}\$(REMOVE).lnk" "$INSTDIR\uninstall.exe"
FunctionEnd

Function Register
    WriteRegStr HKCU "${UNINSTALL}" DisplayName "$(NAME) ${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" DisplayVersion "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" Publisher "canbao"
    WriteRegStr HKCU "${UNINSTALL}" InstallLocation "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" EstimatedSize ${KILOBYTES}
    WriteRegDWORD HKCU "${UNINSTALL}" NoModify 1
    WriteRegDWORD HKCU "${UNINSTALL}" NoRepair 1
FunctionEnd

Section Uninstall
    Call un.AwaitExcel
    Call un.Look
    ${If} $InUse == 1
        !insertmacro Refuse "$(IN_USE)"
    ${EndIf}
    SetOutPath "$TEMP"
    DetailPrint "$(STEP_REMOVE)"
    nsExec::Exec '${CANBAO} doors remove'
    Pop $0
    nsExec::Exec '${CANBAO} addin remove --host excel'
    Pop $0
    ${If} $0 != 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "$(ADDIN_STAYS)" /SD IDOK
    ${EndIf}
    RMDir "$LOCALAPPDATA\canbao"
    ; What the program has kept for its next start. The county's policy files and the log stay.
    RMDir /r "$PROFILE\.canbao\cache"
    RMDir "$PROFILE\.canbao"
    RMDir /r "$INSTDIR\python"
    RMDir /r "$INSTDIR\python.old"
    RMDir /r "$INSTDIR\manual"
    RMDir /r "$INSTDIR\licenses"
    Delete "$INSTDIR\canbao.cmd"
    Delete "$INSTDIR\prompt.cmd"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    RMDir /r "${MENU}"
    DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
