@rem canbao, with the Python of this folder. Output is UTF-8 when it goes to a file or another program.
@"%~dp0python\python.exe" -X utf8 -c "from canbao_addin.cli import main; main()" %*
