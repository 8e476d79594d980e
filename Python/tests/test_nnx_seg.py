"""The package against a real nnx (NNX_BINARY or the installed one), with nibabel. Run: python -m unittest discover Python/tests"""

import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

import nibabel
import numpy

import nnx_seg

PHANTOM = pathlib.Path(__file__).resolve().parents[2] / "Models" / "phantom_0000.nii.gz"
FAST = {"tta": False, "step_size": 1.0}


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        os.environ["NNX_HOME"] = str(cls.root / "home")
        cls.events = []
        cls.installed = nnx_seg.install("demo-ct", progress=cls.events.append)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_install_and_list(self):
        self.assertEqual([one.name for one in self.installed], ["demo-ct"])
        self.assertTrue(self.installed[0].path.is_dir())
        model, = nnx_seg.list()
        self.assertEqual((model.name, model.state, model.folds), ("demo-ct", "ok", (0,)))
        self.assertTrue(any(event.stage == "unpack" for event in self.events), self.events)

    def test_paths_and_images_give_the_same_labels(self):
        events = []
        result = nnx_seg.predict(PHANTOM, "demo-ct", self.root / "seg.nii.gz", progress=events.append, **FAST)
        self.assertEqual(result.segmentation, self.root / "seg.nii.gz")
        self.assertEqual(set(result.volumes), {"lung", "liver", "kidney", "lesion"})
        patches = [event for event in events if event.unit == "patches"]
        self.assertEqual((patches[-1].done, patches[-1].stage), (patches[-1].total, "predict"))
        image = nibabel.load(str(PHANTOM))
        labels = nnx_seg.predict(image, "demo-ct", **FAST)
        loaded = result.load()
        self.assertTrue(numpy.array_equal(labels.dataobj, loaded.dataobj))
        self.assertTrue(numpy.array_equal(labels.affine, image.affine))
        self.assertEqual(labels.get_data_dtype(), numpy.asarray(labels.dataobj).dtype)
        by_path, by_image = nnx_seg.stats(result.segmentation), nnx_seg.stats(labels, image)
        self.assertEqual(by_path["liver"].voxels, by_image["liver"].voxels)
        self.assertEqual(by_path["liver"].voxels, int((numpy.asarray(labels.dataobj) == 2).sum()))
        with self.assertRaises(KeyError):
            by_path["spleen"]

    def test_errors_have_code_and_status(self):
        with self.assertRaises(nnx_seg.NNXError) as caught:
            nnx_seg.predict("nowhere.nii.gz", "demo-ct")
        self.assertEqual((caught.exception.code, caught.exception.status), ("file-not-found", 66))
        self.assertIn("nowhere.nii.gz", str(caught.exception))
        copied = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((copied.code, copied.fixes), (caught.exception.code, caught.exception.fixes))
        with self.assertRaises(nnx_seg.NNXError) as caught:
            nnx_seg.predict(numpy.zeros((3, 3, 3)), "demo-ct")
        self.assertEqual((caught.exception.code, caught.exception.status), ("usage", 64))
        with self.assertRaises(nnx_seg.NNXError) as caught:
            nnx_seg.run("info", "no-such-model")
        self.assertEqual(caught.exception.status, 66)

    def test_any_verb(self):
        self.assertEqual(nnx_seg.run("info", "demo-ct")["entry"]["name"], "demo-ct")

    def test_an_exception_of_the_callback_ends_the_run(self):
        def stop(event):
            raise InterruptedError(event.stage)

        with self.assertRaises(InterruptedError):
            nnx_seg.predict(PHANTOM, "demo-ct", self.root / "stopped.nii.gz", progress=stop)
        self.assertFalse((self.root / "stopped.nii.gz").exists())

    def test_nibabel_is_needed_for_images_alone(self):
        code = "import sys; sys.modules['nibabel'] = None\nimport nnx_seg\nprint(len(nnx_seg.list()))\n" \
               "try: nnx_seg.predict(object(), 'demo-ct')\nexcept nnx_seg.NNXError as e: print(e.code)"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout.split(), ["1", "missing-nibabel"])


if __name__ == "__main__":
    unittest.main()
