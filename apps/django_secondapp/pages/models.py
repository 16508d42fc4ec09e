from django.db import models


class Entry(models.Model):
    name = models.CharField("Name", max_length=60)
    text = models.TextField("Text", max_length=1000)
    written = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name
