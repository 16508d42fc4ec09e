from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('text', models.TextField(max_length=1000, verbose_name='Text')),
                ('written', models.DateTimeField()),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
    ]
