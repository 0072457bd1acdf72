<#
.SYNOPSIS
Installs SAM 3 Annotator from its wheel for the present user, with a Start menu entry.

.DESCRIPTION
NOT RUN WHERE IT WAS WRITTEN: there was no Windows machine. The uv commands are the ones that were
run on Linux; the Start menu entry is untried.

Needs uv (https://docs.astral.sh/uv/). uv brings its own Python; no administrator rights are used.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 sam3_annotator-0.1.0-py3-none-any.whl
powershell -ExecutionPolicy Bypass -File install.ps1 sam3_annotator-0.1.0-py3-none-any.whl -Torch cpu
#>
param(
    [Parameter(Mandatory = $true)][string]$Wheel,
    # auto: the CUDA build that fits the driver, else the CPU build. Or cpu, cu126, cu130, ...
    [string]$Torch = "auto"
)
$ErrorActionPreference = "Stop"

uv tool install --force --python 3.12 --torch-backend $Torch $Wheel
if ($LASTEXITCODE -ne 0) { throw "uv could not install $Wheel" }

$tool = Join-Path (uv tool dir) "sam3-annotator"
$shell = New-Object -ComObject WScript.Shell
$programs = [Environment]::GetFolderPath("Programs")
$shortcut = $shell.CreateShortcut((Join-Path $programs "SAM 3 Annotator.lnk"))
$shortcut.TargetPath = Join-Path $tool "Scripts\pythonw.exe"   # without a console window
$shortcut.Arguments = "-m sam3_annotator"
$shortcut.Description = "Label pictures and clips with SAM 3"
$shortcut.Save()

& (Join-Path $tool "Scripts\sam3-annotator.exe") doctor
