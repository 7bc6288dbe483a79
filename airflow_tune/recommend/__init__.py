"""From host, deployment, settings and profile to numbers with reasons, consistent over all layers."""
