"""Packs the files of a folder in every way that Python's own modules know, and prints what each archive holds."""
import json
import os
import sys
import tarfile
import zipfile

source, target = sys.argv[1:]
files = []
for folder, _, names in os.walk(source):
    files += [os.path.relpath(os.path.join(folder, name), source) for name in names]
files.sort()
made = []


def zipped(name, method, zip64=False):
    with zipfile.ZipFile(os.path.join(target, name), "w", method) as archive:
        for path in files:
            data = open(os.path.join(source, path), "rb").read()
            with archive.open(zipfile.ZipInfo(path), "w", force_zip64=zip64) as entry:
                entry.write(data)
    made.append(name)


def zipped_plainly(name, method):
    with zipfile.ZipFile(os.path.join(target, name), "w", method) as archive:
        for path in files:
            archive.write(os.path.join(source, path), path)
    made.append(name)


def tarred(name, mode, form):
    with tarfile.open(os.path.join(target, name), mode, format=form) as archive:
        archive.add(source, arcname=".")
    made.append(name)


zipped_plainly("stored.zip", zipfile.ZIP_STORED)
zipped_plainly("deflated.zip", zipfile.ZIP_DEFLATED)
zipped("zip64.zip", zipfile.ZIP_STORED, True)
tarred("gnu.tar", "w", tarfile.GNU_FORMAT)
tarred("pax.tar", "w", tarfile.PAX_FORMAT)
tarred("gnu.tar.gz", "w:gz", tarfile.GNU_FORMAT)
tarred("pax.tgz", "w:gz", tarfile.PAX_FORMAT)
print(json.dumps(made))
