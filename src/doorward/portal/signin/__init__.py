"""Sign-in: allauth's steps, ended in our deeds."""
