"""Who somebody is, in the form that pages, endpoints and the guard share."""
