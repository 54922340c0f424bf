"""The Streamlit app: one file per page, shared components, no domain logic."""
