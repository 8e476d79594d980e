"""A Slurm of two nodes on this machine, brought up and taken down by whoever tests with it.

One controller, nodes that are all this host, its own munge, everything in one folder: nothing of /etc is read or
written, and no systemd is needed. Packages of Debian: slurmctld slurmd slurm-client munge.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo"]
os.environ["PATH"] += ":/usr/sbin:/sbin"
DAEMONS = ["slurmctld", "slurmd", "slurmstepd", "slurmscriptd", "munged"]


def missing():
    """The first program that is not here; None when all are."""
    return next((name for name in PROGRAMS if shutil.which(name) is None), None)


def environment(process):
    try:
        return dict(
            entry.split("=", 1) for entry in pathlib.Path(f"/proc/{process}/environ").read_bytes()
            .decode(errors="replace").split("\0") if "=" in entry)
    except (OSError, ProcessLookupError):
        return {}


def parent(process):
    try:
        text = pathlib.Path(f"/proc/{process}/stat").read_text()
        return int(text[text.rindex(")") + 2:].split()[1])
    except (OSError, ValueError):
        return 0


def name(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def processes():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def kill(process, number=signal.SIGKILL):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


class Cluster:
    def __init__(self, folder, nodes=2, cpus=4, megabytes=4000, port=28917):
        self.folder = pathlib.Path(folder)
        self.nodes = [f"n{number + 1}" for number in range(nodes)]
        self.port = port
        for part in ("munge", "controller", "log"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        for part in ("", "munge", "controller", "log"):
            (self.folder / part).chmod(0o755)
        self.configuration = self.folder / "slurm.conf"
        self.configuration.write_text(self.text(cpus, megabytes))
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        self.environment = dict(
            os.environ, SLURM_CONF=str(self.configuration), MUNGE_SOCKET=str(self.folder / "munge/socket"))

    def text(self, cpus, megabytes):
        place, user = self.folder, subprocess.check_output(["id", "-un"], text=True).strip()
        last = len(self.nodes)
        return f"""\
ClusterName=nnx
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={self.port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# A requeued job waits cred_expire and a second; below 5 it is refused, and 120 stay.
AuthInfo=socket={place}/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={place}/controller
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.%n.pid
SlurmdSpoolDir={place}/spool.%n
SlurmctldLogFile={place}/log/slurmctld
SlurmdLogFile={place}/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
DefMemPerCPU=64
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={place}/log/jobs
JobRequeue=1
ReturnToService=2
SlurmdTimeout=4
KillWait=3
UnkillableStepTimeout=30
MessageTimeout=10
TCPTimeout=2
MaxArraySize=1001
MinJobAge=600
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=1,bf_interval=2
PriorityType=priority/basic
NodeName=n[1-{last}] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[{self.port + 1}-{self.port + last}] CPUs={cpus} RealMemory={megabytes} State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=60 DefaultTime=10 State=UP OverSubscribe=NO
"""

    def up(self):
        key = self.folder / "munge/key"
        if not key.exists():
            key.touch(0o600)
            key.write_bytes(os.urandom(1024))
        munge = self.folder / "munge"
        self.start(["munged", "--force", f"--key-file={key}", f"--socket={munge}/socket", f"--pid-file={munge}/pid",
                    f"--log-file={munge}/log", f"--seed-file={munge}/seed", "--num-threads=2"])
        self.start(["slurmctld", "-f", str(self.configuration)])
        for node in self.nodes:
            self.begin(node)
        self.until(lambda: len(self.ready()) == len(self.nodes), 20, "the nodes do not come up")

    def begin(self, node):
        (self.folder / f"spool.{node}").mkdir(exist_ok=True)
        self.start(["slurmd", "-N", node, "-f", str(self.configuration)])

    def start(self, command):
        with open(self.folder / "log/start", "ab") as log:
            subprocess.run(command, env=self.environment, stdout=log, stderr=log, check=True)

    def run(self, *command, check=True):
        ended = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30)
        if check and ended.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: status {ended.returncode}: {ended.stderr.strip()}")
        return ended.stdout.strip()

    def ready(self):
        states = self.run("sinfo", "-h", "-N", "-o", "%N %T", check=False).splitlines()
        return [line.split()[0] for line in states if line.split()[1] in ("idle", "mixed", "allocated")]

    def until(self, holds, seconds, words):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise RuntimeError(f"{words} (after {seconds} s)")
            time.sleep(0.1)

    def jobs(self, job):
        """Tasks of a job that are not over, with their states."""
        lines = self.run("squeue", "-h", "-r", "-j", str(job), "-o", "%i %T", check=False).splitlines()
        return dict(line.split() for line in lines)

    def workers(self, program, node=None):
        """Processes of a program in the jobs of this cluster."""
        found = []
        for process in processes():
            if name(process) != program:
                continue
            variables = environment(process)
            if variables.get("SLURM_CONF") == str(self.configuration) and "SLURM_JOB_ID" in variables \
                    and node in (None, variables.get("SLURMD_NODENAME")):
                found.append(process)
        return found

    def end(self, node, program):
        """A node dies: its daemon, those of its jobs, and the jobs."""
        kill(int((self.folder / f"slurmd.{node}.pid").read_text()))
        for worker in self.workers(program, node):
            shell = parent(worker)
            for process in (parent(shell), shell, worker):
                # The job's own daemon, script and program; never whoever is above.
                if process > 1 and (process == worker or name(process).startswith(("slurmstepd", "slurm_script", "bash"))):
                    kill(process)
        self.run("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test", check=False)

    def owns(self, process):
        """Whether a process is of this cluster: a job's, or a daemon's, which may have overwritten its environment and is
        known by its files then."""
        variables = environment(process)
        if variables.get("SLURM_CONF") == str(self.configuration):
            return "SLURM_JOB_ID" in variables or name(process) in DAEMONS
        if name(process) not in DAEMONS:
            return False
        try:
            files = [os.readlink(f"/proc/{process}/cwd")] + [
                os.readlink(f"/proc/{process}/fd/{number}") for number in os.listdir(f"/proc/{process}/fd")]
        except OSError:
            return False
        return any(file.startswith(f"{self.folder}/") for file in files)

    def down(self):
        """Ends all that this cluster began: nodes and controller, then jobs and their daemons, munge last."""
        try:
            if (self.folder / "slurmctld.pid").exists():
                subprocess.run(["scancel", "-u", str(os.getuid())], env=self.environment, capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            # A controller that does not answer is ended as the others are.
            pass
        self.stop(lambda name: name in ("slurmctld", "slurmd"))
        self.stop(lambda name: name != "munged")
        self.stop(lambda name: True)

    def stop(self, chosen):
        """Ends processes of this cluster whose names are chosen, those that come up meanwhile, too: for half a second as
        they wish, then at once."""
        first = {}
        end = time.monotonic() + 10
        while time.monotonic() < end:
            left = [process for process in processes() if chosen(name(process)) and self.owns(process)]
            if not left:
                return
            for process in left:
                is_new = time.monotonic() - first.setdefault(process, time.monotonic()) < 0.5
                kill(process, signal.SIGTERM if is_new else signal.SIGKILL)
            time.sleep(0.05)
