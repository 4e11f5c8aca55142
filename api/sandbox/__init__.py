"""The sandbox: a page on which integrators send CDS Hooks requests and see what comes back, as an EHR would show it."""
