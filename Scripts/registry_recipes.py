"""What publishers do around their networks, for Scripts/make-registry: recipes of whole families, by the names of models.

Each is compared with the publisher's own package by Scripts/publisher-cases; docs/hd-bet.md, docs/mrsegmentator.md,
docs/moose.md and docs/totalspineseg.md say where the steps come from.
"""
BODY_COMP = ["subcutaneous_fat", "visceral_fat", "left_rectus_abdominis", "right_rectus_abdominis", "left_oblique_muscle",
             "right_oblique_muscle", "left_quadratus_lumborum", "right_quadratus_lumborum", "abdominal_subcutaneous_fat",
             "gluteofemoral_fat"]
# The first network of MOOSE's models of two steps: another model, the labels that the image is cut around, and the one
# whose planes are kept.
MOOSE_FIRST = {"moose-clin-ct-body-composition": ("moose-clin-ct-fast-vertebrae", "fast-vertebrae", [20, 21, 22, 23, 24], 22),
               "moose-clin-ct-face": ("moose-clin-ct-body", "body", [3], 3)}


# TotalSegmentator's open tasks, from its own table: mm of the image (None: its own), the structures of `total` around
# which it is cut first, folds (None: all), and the network that finds them where it is not the one of 6 mm.
LUNGS = ["lung_upper_lobe_left", "lung_lower_lobe_left", "lung_upper_lobe_right", "lung_middle_lobe_right",
         "lung_lower_lobe_right"]
NECK = ["clavicula_left", "clavicula_right", "vertebrae_C1", "vertebrae_C5", "vertebrae_T1", "vertebrae_T4"]
TASKS = {
    "ts-body-mr": (1.5, None, [0], None),
    "ts-lung-vessels": ([0.703125, 0.703125, 1.0], LUNGS, [0], 297),
    "ts-lung-vessels-legacy": (None, LUNGS, [0], 298),
    "ts-cerebral-bleed": (None, ["brain"], [0], 298),
    "ts-hip-implant": (None, ["femur_left", "femur_right", "hip_left", "hip_right"], [0], 298),
    "ts-vertebrae-mr": (1.5, None, [0], None),
    "ts-pleural-pericard-effusion": (None, LUNGS, None, 298),
    "ts-head-glands-cavities": ([0.75, 0.75, 1.0], ["skull"], [0], 298),
    "ts-headneck-bones-vessels": ([0.75, 0.75, 1.0], NECK, [0], 298),
    "ts-head-muscles": ([0.75, 0.75, 1.0], ["skull"], [0], 298),
    "ts-headneck-muscles": ([0.75, 0.75, 1.0], NECK, [0], 298),
    "ts-oculomotor-muscles": ([0.47251562774181366, 0.47251562774181366, 0.8500002026557922], ["skull"], [0], 298),
    "ts-lung-nodules": (1.5, LUNGS, [0], 298),
    "ts-breasts": (1.5, None, [0], None),
    "ts-ventricle-parts": ([0.4384765625, 0.4345703125, 1.0], ["brain"], [0], 298),
    "ts-liver-segments": ([0.8046879768371582, 0.8046879768371582, 1.5], ["liver"], [0], 298),
    "ts-liver-segments-mr": ([1.1250001788139343, 1.1875, 3.0], ["liver"], [0], 852),
    "ts-liver-lesions-mr": ([0.8603515625, 0.857421875, 1.0], ["liver"], [0], 852),
    "ts-craniofacial-structures": (0.5, ["skull"], [0], 298),
    "ts-abdominal-muscles": ([0.75, 0.75, 1.0], ["body_trunc"], [0], 300),
    "ts-trunk-cavities": (1.5, None, [0], None),
    "ts-brain-aneurysm": ([0.390625, 0.390625, 0.5000016391277313], None, None, None),
    "ts-vertebrae-body": (1.5, None, [0], None),
}
# The model whose set of weights a network is, and mm of the image that it sees.
FINDERS = {297: ("totalsegmentator", 3), 298: ("totalsegmentator", 6), 852: ("totalsegmentator-mr", 3),
           300: ("ts-body", 6)}
# Networks of a task in other resolutions: the flag, the entry of the list, the number, mm.
RESOLUTIONS = {"ts-body-mr": [("fast", "ts-body-mr-fast", 598, 6)],
               "ts-total-v3": [("fast", "ts-total-v3-fast", 836, 3), ("fastest", "ts-total-v3-fastest", 837, 6)]}
# Networks of a task in parts: how many labels each gives, in order.
PARTS = {"ts-headneck-muscles": {778: range(1, 12), 779: range(12, 24)}}


def back(of):
    return {"name": "result", "do": "back", "of": of}


def hd_bet(name):
    return {"statedBy": "HD-BET 2.0.1", "steps": [{"name": "mask", "do": "run", "weights": name}],
            "files": "itk", "maskedImage": True}


def mrsegmentator(name):
    image = {"name": "image", "do": "prepare", "reader": "itk", "axes": "LPS", "halves": {"margin": 3}}
    run = {"name": "network", "do": "run", "weights": name, "folds": [0, 1, 2, 3, 4], "on": "image"}
    fast = run | {"folds": [0], "mirroring": False, "tileStep": 0.8}
    return {"statedBy": "MRSegmentator 2.0.0", "steps": [image, run, back("network")],
            "variants": [{"name": "fast", "steps": [image, fast, back("network")]}], "files": "itk"}


def moose(name):
    prepare = {"do": "prepare", "reader": "itk", "method": "b-spline", "spacing": "network",
               "boxes": {"longest": 350, "overlap": 20}}

    def steps(step, weights, **cut):
        return [{"name": f"{step}-image"} | prepare | cut,
                {"name": f"{step}-network", "do": "run", "weights": weights, "on": f"{step}-image"},
                {"name": step, "do": "back", "of": f"{step}-network"}]

    recipe = {"statedBy": "MOOSE 3.2.2", "steps": steps("result", name), "files": "itk"}
    if name in MOOSE_FIRST:
        _, first, around, band = MOOSE_FIRST[name]
        recipe["steps"] = (
            steps(first, f"{name}.{first}")
            + steps("labels", name, around=first, labels=around, margin=0, along="head")
            + [{"name": "largest", "do": "keepLargest", "of": first, "labels": [band], "count": 1, "connectivity": "faces"},
               {"name": "result", "do": "slab", "of": "labels", "around": "largest", "labels": [band]}])
    return recipe


def totalspineseg(name):
    def run(step, number):
        return {"name": f"step{step}-classes", "do": "run", "weights": f"{name}.{number}", "folds": [0], "mirroring": False,
                "on": f"step{step}-image", "checkpoint": "best"}

    def named(step):
        return {"name": f"step{step}", "do": "nameSpine", "of": f"step{step}-classes", "network": step}

    first = [{"name": "step1-image", "do": "prepare", "method": "linear", "spacing": 1}, run(1, 101), named(1)]
    return {"statedBy": "TotalSpineSeg 20260807", "steps": first + [
        {"name": "step2-image", "do": "discs", "of": "step1-image", "by": "step1", "margin": 10}, run(2, 102), named(2),
        back("step2")], "variants": [{"name": "step1", "steps": first + [back("step1")]}], "files": "nibabel"}


def resolutions(entry, entries, **step):
    """Variants of a task whose networks see another spacing; the entry gets their weights."""
    variants = []
    for flag, other, number, mm in RESOLUTIONS.get(entry["name"], []):
        weights = entries[other]["weights"][0] | {"id": f"{entry['name']}.{number}"}
        entry["weights"].append(weights)
        variants.append({"name": flag, "steps": [
            {"name": "image", "do": "prepare", "spacing": mm},
            {"name": "network", "do": "run", "weights": weights["id"], "folds": [0], "mirroring": False, "on": "image"} | step,
            back("network")]})
    return {"variants": variants} if variants else {}


def total_v3(entry, entries):
    """The steps of `total` with other networks; a subset is found by those of `total`."""
    name, home = entry["name"], entries["totalsegmentator"]
    own = {f"totalsegmentator.{291 + part}": f"{name}.{831 + part}" for part in range(5)}
    rough = f"{name}.298"

    def with_own(value):
        if isinstance(value, dict): return {key: with_own(part) for key, part in value.items()}
        if isinstance(value, list): return [with_own(part) for part in value]
        return own.get(value, rough if value == "totalsegmentator.298" else value)

    for weights, of in zip(entry["weights"], home["weights"]):
        # Its sixth lumbar vertebra has the number of the first sacral one.
        weights["labels"] = [label | {"name": label["name"].replace("vertebrae_S1", "vertebrae_L6")} for label in of["labels"]]
    names = {label["name"]: {weights["id"]: [label["value"]]} for weights in reversed(entry["weights"]) for label in weights["labels"]}
    for label in entry["labels"]:
        label["from"] = names[label["name"]]
    found = next(w for w in home["weights"] if w["id"] == "totalsegmentator.298")
    known = {(label["value"], label["name"]) for label in found["labels"]}
    lacks = [label["value"] for label in entry["labels"] if (label["value"], label["name"]) not in known]
    recipe = {key: with_own(home["recipe"][key]) for key in ("statedBy", "steps", "subset", "files")}
    variants = resolutions(entry, entries, tileStep=0.8)
    entry["weights"].append(found | {"id": rough})
    entry["sources"] = ["ts-package"] + entry["sources"]
    return {"statedBy": recipe["statedBy"], "steps": recipe["steps"]} | variants | {
        "subset": recipe["subset"] | {"lacks": lacks}, "files": recipe["files"]}


def totalsegmentator(entry, entries):
    """A task: found at 6 mm in the whole image, cut with 20 mm around, resampled, run, brought back."""
    name = entry["name"]
    spacing, around, folds, finder = TASKS[name]
    steps, image = [], {"name": "image", "do": "prepare"} | ({"spacing": spacing} if spacing else {})
    if finder:
        home, coarse = FINDERS[finder]
        found = next(w for w in entries[home]["weights"] if w["id"] == f"{home}.{finder}")
        entry["weights"].insert(0, found | {"id": f"{name}.{finder}"})
        values = {label["name"]: label["value"] for label in found["labels"]}
        step = {} if finder == 300 else {"tileStep": 0.8}
        steps = [{"name": "rough-image", "do": "prepare", "spacing": coarse},
                 {"name": "rough-network", "do": "run", "weights": f"{name}.{finder}", "folds": [0], "mirroring": False,
                  "on": "rough-image"} | step]
        last = "rough-network"
        if finder == 300:
            # The package does to it what it does to the task `body`.
            last = "trunk"
            steps.append({"name": last, "do": "keepLargest", "of": "rough-network", "labels": [1], "count": 1, "connectivity": "faces"})
        steps.append(back(last) | {"name": "rough"})
        image |= {"around": "rough", "labels": sorted(values[structure] for structure in around), "margin": 20}
    if name in PARTS:
        image["thirds"] = {"voxels": 235929600, "planes": 200}
    steps.append(image)

    def run(step, weights):
        return {"name": step, "do": "run", "weights": weights} | ({"folds": folds} if folds else {}) | {"mirroring": False, "on": "image"}

    if name in PARTS:
        names = {label["value"]: label["name"] for label in entry["labels"]}
        for number, values in PARTS[name].items():
            own = next(w for w in entry["weights"] if w["id"] == f"{name}.{number}")
            own["labels"] = [{"value": at, "name": names[value]} for at, value in enumerate(values, 1)]
            steps.append(run(f"part-{number}", f"{name}.{number}"))
        steps.append({"name": "network", "do": "merge", "parts": [
            {"of": f"part-{number}", "to": list(values)} for number, values in PARTS[name].items()]})
    else:
        steps.append(run("network", name))
    for label in entry["labels"]:
        label["from"] = {w["id"]: [at] for w in entry["weights"] if not w["id"].endswith(f".{finder}")
                         for at in [own["value"] for own in w["labels"] if own["name"] == label["name"]]}
    entry["sources"] = ["ts-package"] + entry["sources"]
    return {"statedBy": "TotalSegmentator 2.18.0", "steps": steps + [back("network")]} | resolutions(entry, entries) | {
        "files": "totalsegmentator"}


def complete(entry, entries):
    """An entry with its publisher's recipe, and what belongs to it; as it is, where none is known.

    `entries`: those made before, and those kept by hand, by name.
    """
    name, family = entry["name"], entry["collection"]
    if family == "hd-bet":
        recipe, needs = hd_bet(name), ["images in the orientation of MNI152 (fslreorient2std), as HD-BET's README asks: nothing is turned"]
    elif family == "mrsegmentator":
        recipe, needs = mrsegmentator(name), []
        if name == "mrsegmentator-body-comp":
            number(entry, BODY_COMP)
            entry["limitations"].append({"text": "MR only", "statedBy": "MRSegmentator 2.0.0"})
    elif family == "moose":
        recipe, needs = moose(name), []
        if name == "moose-clin-ct-fast-vertebrae":
            like = entries["moose-clin-ct-vertebrae"]
            number(entry, [label["name"] for label in like["labels"]])
        if name in MOOSE_FIRST:
            other = entries[MOOSE_FIRST[name][0]]["weights"][0]
            entry["weights"].append(other | {"id": f"{name}.{MOOSE_FIRST[name][1]}"})
            for label in entry["labels"]:
                label["from"] = {name: [label["value"]]}
    elif name in TASKS:
        recipe, needs = totalsegmentator(entry, entries), []
    elif name == "ts-total-v3":
        recipe, needs = total_v3(entry, entries), []
    elif family == "totalspineseg":
        recipe, needs = totalspineseg(name), []
        # A sixth lumbar vertebra's disc has a number in the package, and no name in its table.
        at = [label["value"] for label in entry["labels"]].index(95) + 1
        entry["labels"].insert(at, {"value": 96, "name": "L5-L6"})
    else:
        return entry
    if not entry["inputs"]:
        # The package takes one image for each of its models.
        modality = entry["modalities"][0]
        entry["inputs"] = [{"index": 0, "name": modality, "modality": modality, "units": None, "contrast": None}]
    completed = {}
    for key, value in entry.items():
        if key != "requires":
            completed[key] = value
        elif needs:
            completed[key] = needs
        if key == "labels":
            completed["recipe"] = recipe
    return completed


def number(entry, names):
    """Gives an entry of one set of weights these labels, from 1 on."""
    ident = entry["weights"][0]["id"]
    entry["labels"] = [{"value": value, "name": name, "from": {ident: [value]}} for value, name in enumerate(names, 1)]
    entry["weights"][0]["labels"] = [{"value": value, "name": name} for value, name in enumerate(names, 1)]
