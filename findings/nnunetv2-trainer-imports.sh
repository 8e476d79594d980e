#!/usr/bin/env bash
# nnU-Net looks for the class of a model's trainer in one file after the other and imports each: for nnUNetTrainer the first
# one. For any other name, as of the models that TotalSegmentator publishes, the files of other networks come before it,
# and with them timm and torchvision, which no such model uses. Where one of these cannot be imported (a torchvision of another
# build than torch's), prediction ends before it begins, for these models alone.
# Exits 0 while nnunetv2 2.8.1 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nnunetv2==2.8.1 'torch==2.13.0' numpy==2.4.6
cd "$folder"
export nnUNet_raw="$folder" nnUNet_preprocessed="$folder" nnUNet_results="$folder"
cat > look.py <<'PY'
import sys

asked = set()


class Watch:
    """Notes which packages are asked for, and leaves finding them to others."""
    def find_spec(self, name, path=None, target=None):
        asked.add(name.split(".")[0])


sys.meta_path.insert(0, Watch())
import nnunetv2.inference.predict_from_raw_data
from nnunetv2.utilities.find_objects import recursive_find_trainer_class_by_name as find

asked.clear()
try:
    said = find(sys.argv[1]).__module__
except Exception as error:
    said = f"{type(error).__name__}: {str(error).splitlines()[0]}"
print(*sorted(asked & {"timm", "torchvision"}), sep=",", end=f";{said}\n")
PY
status=0
for trainer in nnUNetTrainer nnUNetTrainerNoMirroring; do
  answer=$(venv/bin/python look.py "$trainer" 2> /dev/null | tail -1)
  echo "nnunetv2 2.8.1, looking for $trainer: imports '${answer%%;*}', ${answer#*;}"
  [ "$trainer" = nnUNetTrainer ] && expected='' || expected='timm,torchvision'
  [ "${answer%%;*}" = "$expected" ] || status=1
done
exit $status
