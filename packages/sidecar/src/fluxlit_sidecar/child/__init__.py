"""The child's half: what a process that runs as a sidecar holds on to and says to its supervisor.

from fluxlit_sidecar.child import ParentLink, inherited_listener

link = ParentLink.from_environment(on_parent_gone=server.stop)
...
link.report_ready()
"""

from fluxlit_sidecar.child.parent_link import ParentLink, inherited_listener
from fluxlit_sidecar.child.secret_gate import SecretGate

__all__ = ("ParentLink", "SecretGate", "inherited_listener")
