from django.conf import settings


def site(request):
    return {"site_name": settings.WSGILAB_SITE_NAME}
