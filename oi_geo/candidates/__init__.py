"""Making plans: wishes, search, exact optimum or proof, and the ensemble of valid plans."""
