"""Certificates for tests: an authority, what it signs, and one that nobody knows."""
import subprocess


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=str(folder), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def authority(folder, name):
    """Makes NAME.crt and NAME.key."""
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".crt")


def server(folder, name, signer, names):
    """Makes NAME.crt, NAME.key and NAME.pem with both; `names` as in subjectAltName."""
    (folder / (name + ".ext")).write_text("subjectAltName=" + names)
    _openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
             "-keyout", name + ".key", "-out", name + ".csr")
    _openssl(folder, "x509", "-req", "-in", name + ".csr", "-CA", signer + ".crt", "-CAkey", signer + ".key",
             "-CAcreateserial", "-days", "2", "-extfile", name + ".ext", "-out", name + ".crt")
    (folder / (name + ".pem")).write_text((folder / (name + ".key")).read_text() + (folder / (name + ".crt")).read_text())
    for file in folder.iterdir():
        file.chmod(0o644)  # the servers' user reads them
